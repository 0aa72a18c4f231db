from saferplymouth.cli import main

if __name__ == "__main__":
    main()
